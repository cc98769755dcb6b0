"""Groups among points: found, measured, named, and placed on the map."""

from embedviz.groups.base import Clustering
from embedviz.groups.clustering import CLUSTERINGS, cluster, clustering_named
from embedviz.groups.clusters import Clusters
from embedviz.groups.naming import GroupName, named
from embedviz.groups.places import label_places

__all__ = [
    "CLUSTERINGS",
    "Clustering",
    "Clusters",
    "GroupName",
    "cluster",
    "clustering_named",
    "label_places",
    "named",
]
