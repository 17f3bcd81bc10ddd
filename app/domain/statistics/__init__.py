"""As-of figures, the rows behind them, and the dated policies and targets they follow."""
