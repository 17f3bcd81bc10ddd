"""Questions as workbooks: written for Excel and WPS, and read again with whatever was done to them."""
