"""embedviz: see what an embedding knows. Start with ``streamlit run app.py``."""

from embedviz.ui.navigation import run_app

run_app()
