"""The tree of units: province, prefecture, county, school; dated names and places in it."""
