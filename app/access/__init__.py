"""Who is acting and what a view lets them do; what pages and the API share of HTTP."""
