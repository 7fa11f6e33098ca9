package dev.lateen.proxy;

import java.util.List;

/// The proxy cannot start; says why, all reasons at once.
public final class ProxyStartException extends Exception {
    private static final long serialVersionUID = 1;

    ProxyStartException(List<String> reasons) {
        super(String.join("\n", reasons));
    }
}
