package dev.lateen.cli.output;

import java.util.ArrayList;
import java.util.List;

/// Lines of cells in columns, as kubectl and istioctl print them. Thread: any.
public final class Table {
    private final int padding;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param padding spaces between a column's longest cell and the next column
    public Table(int padding, String... header) {
        this.padding = padding;
        rows.add(List.of(header));
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns - 1; i++) {
                String cell = row.get(i);
                text.append(cell).append(" ".repeat(widths[i] - cell.length() + padding));
            }
            text.append(row.get(columns - 1)).append('\n');
        }
        return text.toString();
    }
}
