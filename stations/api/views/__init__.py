"""Operations on stations for operators and administrators."""
