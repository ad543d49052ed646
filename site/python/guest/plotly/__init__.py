"""What a cell needs of plotly to show a figure in a page: `graph_objects`. It checks no names; plotly itself, and its `express`, are where a notebook runs."""
