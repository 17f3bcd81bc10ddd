"""Grade sheets (成绩登记表) as workbooks: written for Excel and WPS, and read again with whatever was done to them."""
