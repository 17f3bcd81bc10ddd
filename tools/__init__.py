"""Scripts for those who build and check the system; the application never imports them."""
