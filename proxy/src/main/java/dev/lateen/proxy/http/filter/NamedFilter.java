package dev.lateen.proxy.http.filter;

/// A filter of a chain under the name by which routes refer to it.
public record NamedFilter(String name, FilterConfig config) {}
