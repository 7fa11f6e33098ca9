package dev.lateen.model.validate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Server names by which gateways between clusters name a service's port: `outbound_.80_.v1_.host`, with `_` for no
/// subset. Thread: any.
final class ClusterSni {
    private static final Pattern NAME = Pattern.compile("(?:outbound|inbound)_\\.[0-9]{1,5}_\\.([^.]*)_\\.(.+)");

    private ClusterSni() {}

    static boolean isName(String text) {
        Matcher name = NAME.matcher(text);
        return name.matches()
                && (name.group(1).isEmpty() || HostNames.isLabel(name.group(1)))
                && HostNames.faultOfFqdn(name.group(2)).isEmpty();
    }
}
