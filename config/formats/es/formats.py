# Mexico writes 1,234.5; the rest of Django's Spanish formats serve.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
