package dev.lateen.model.access;

import dev.lateen.model.istio.Origin;

/// Names places in files for reports. Thread: any.
final class Places {
    private Places() {}

    /// `file:line`, empty for what no file says.
    static String of(Origin origin) {
        return origin.at().line() == 0
                ? ""
                : origin.at().file() + ":" + origin.at().line();
    }
}
