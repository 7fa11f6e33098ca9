package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.diagnostic.Spelling;
import java.util.Collection;

/// Reports references to what is not there. Thread: any one.
final class References {
    private final MeshIndex index;
    private final Report report;

    References(MeshIndex index, Report report) {
        this.index = index;
        this.report = report;
    }

    MeshIndex index() {
        return index;
    }

    Report report() {
        return report;
    }

    /// @param certain whether the set would hold the missing thing if there were one
    void missing(Spot spot, String what, boolean certain, Collection<String> candidates, String advice) {
        String meant = Spelling.advice(spot.value(), candidates);
        report.add(new Diagnostic(
                certain ? Severity.ERROR : Severity.WARNING,
                "reference-not-found",
                spot.at(),
                spot.path(),
                what,
                spot.shownValue(),
                "",
                meant.isEmpty() ? advice : meant));
    }

    /// A host that some service must have; returns its full name.
    String host(Spot host, String namespace) {
        String full = MeshIndex.fullHost(host.value(), namespace);
        if (!host.value().isEmpty() && !full.startsWith("*") && !index.knowsHost(full)) {
            boolean dotted = host.value().contains(".") && !host.value().contains(".svc");
            missing(
                    host,
                    "no service has this host",
                    index.hasServices(),
                    index.hostNames(namespace),
                    dotted ? "add a ServiceEntry for it" : "add a Service or ServiceEntry for " + full);
        }
        return full;
    }
}
