package dev.lateen.cli.dump;

import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.List;

/// A table whose lines may be prefixed by the kind and name of what they show, as `proxy-config all` does.
final class Rows {
    private final Table table;
    private final boolean prefixed;

    private Rows(Table table, boolean prefixed) {
        this.table = table;
        this.prefixed = prefixed;
    }

    static Rows of(int padding, boolean prefixed, String... header) {
        List<String> cells = new ArrayList<>(List.of(header));
        if (prefixed) {
            cells.addFirst("NAME");
        }
        return new Rows(new Table(padding, cells.toArray(String[]::new)), prefixed);
    }

    void add(String name, String... cells) {
        List<String> all = new ArrayList<>(List.of(cells));
        if (prefixed) {
            all.addFirst(name);
        }
        table.row(all.toArray(String[]::new));
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
