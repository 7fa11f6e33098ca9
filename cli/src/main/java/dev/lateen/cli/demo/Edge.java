package dev.lateen.cli.demo;

/// Who calls whom.
///
/// @param to the called service or workload's canonical name
/// @param version of the called workload
record Edge(String from, String to, String version) implements Comparable<Edge> {
    @Override
    public int compareTo(Edge other) {
        return toString().compareTo(other.toString());
    }
}
