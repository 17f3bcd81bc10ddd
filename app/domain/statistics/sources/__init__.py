"""What figures are sums over: each source is one select of rows, with the unit at which each row counts."""
