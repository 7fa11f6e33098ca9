package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;

/// Service accounts by the name that Kubernetes' tokens call them: `system:serviceaccount:NAMESPACE:NAME`.
final class ServiceAccounts {
    static final String PREFIX = "system:serviceaccount:";

    private ServiceAccounts() {}

    static String subject(SpiffeId id) {
        return PREFIX + id.namespace() + ":" + id.serviceAccount();
    }

    static TokenVerdict of(String subject, String trustDomain, String pod) {
        String[] parts =
                subject.startsWith(PREFIX) ? subject.substring(PREFIX.length()).split(":", -1) : new String[0];
        if (parts.length != 2) {
            return new TokenVerdict.Unknown("token: no service account in it");
        }
        try {
            return new TokenVerdict.Known(new SpiffeId(trustDomain, parts[0], parts[1]), pod);
        } catch (IllegalArgumentException _) {
            return new TokenVerdict.Unknown("token: its service account has no proper name");
        }
    }
}
