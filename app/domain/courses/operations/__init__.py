"""Operations of the area, one module per topic."""
