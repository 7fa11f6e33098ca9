package dev.lateen.proxy.config;

/// Where in which resource a decoder is, for the text of refusals: `cluster 'a': load_assignment.endpoints[2]: …`.
///
/// Thread: any (immutable).
public record Place(String resource, String path) {
    /// @param kind such as `cluster`
    public static Place resource(String kind, String name) {
        return new Place(kind + " '" + name + "'", "");
    }

    public Place field(String name) {
        return new Place(resource, path.isEmpty() ? name : path + "." + name);
    }

    public Place index(int index) {
        return new Place(resource, path + "[" + index + "]");
    }

    public Place key(String key) {
        return new Place(resource, path + "['" + key + "']");
    }

    /// With the name of what stands here, for people who look for it.
    public Place called(String name) {
        return name.isEmpty() ? this : new Place(resource, path + "(" + name + ")");
    }

    /// To be thrown: `throw at.refuse("…")`.
    ///
    /// @param what the offending value, what was expected and, where it helps, advice
    public Refusal refuse(String what) {
        return new Refusal(path.isEmpty() ? resource + ": " + what : resource + ": " + path + ": " + what);
    }

    /// A value outside of what is allowed: `value: -1 (expected: at least 0)`.
    public Refusal refuse(Object value, String expected) {
        return refuse("value: " + value + " (expected: " + expected + ")");
    }

    public Refusal unsupported() {
        return refuse("not supported by this proxy yet; remove it, or use Envoy as the proxy");
    }

    public void require(boolean condition, String what) {
        if (!condition) {
            throw refuse(what);
        }
    }
}
