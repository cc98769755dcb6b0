"""The only place that imports streamlit: what the pages are made of."""
