"""Columns of text and numbers."""


def show(title, head, rows):
    """Print a table; numbers stand to the right."""
    cells = [
        head,
        *([cell if isinstance(cell, str) else f"{cell:,.{digits(cell)}f}" for cell in row] for row in rows),
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in cells:
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  " + "  ".join([first, *others]))


def digits(number):
    """As many decimals as say something."""
    if isinstance(number, int):
        return 0
    return 2 if number < 10 else 1 if number < 100 else 0
