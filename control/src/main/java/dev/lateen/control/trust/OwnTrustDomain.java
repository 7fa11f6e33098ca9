package dev.lateen.control.trust;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Position;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The trust domain for which this control plane makes certificates, and what `meshConfig.trustDomain` says of it:
/// nothing, or the same. Otherwise policies and secure naming would speak of names that nobody has.
///
/// Thread: any (immutable).
///
/// @param name as `--trust-domain` says
public record OwnTrustDomain(String name) {
    private static final String FIELD = "trustDomain";

    /// The settings of the mesh, which is of our trust domain where they do not say.
    public Mapping complete(Mapping meshConfig) {
        if (meshConfig.get(FIELD).isPresent()) {
            return meshConfig;
        }
        Map<String, Field> fields = new LinkedHashMap<>(meshConfig.fields());
        fields.put(FIELD, new Field(Position.UNKNOWN, new Scalar(name, ScalarType.STRING, Position.UNKNOWN)));
        return new Mapping(fields, meshConfig.at());
    }

    /// What is wrong with them.
    public List<Diagnostic> problems(Mapping meshConfig) {
        Node said = meshConfig.get(FIELD).orElse(null);
        if (!(said instanceof Scalar(String other, var _, Position at)) || other.equals(name)) {
            return List.of();
        }
        return List.of(Diagnostic.error(
                        "trust-domain-mismatch",
                        at,
                        "meshConfig." + FIELD,
                        "certificates are made for another trust domain: policies and secure naming speak of names that"
                                + " nobody has")
                .withValue(other)
                .withExpected(name)
                .withAdvice(
                        "start the control plane with --trust-domain " + other + ", or set " + FIELD + ": " + name));
    }
}
