"""What one cell may hold: each module turns raw cells of one sort into values, or says what is wrong."""
