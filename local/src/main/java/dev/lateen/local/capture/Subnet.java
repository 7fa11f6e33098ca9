package dev.lateen.local.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/// The addresses of one mesh: a /24 out of 198.18.0.0/15, a range that is set aside for tests of networks and is found
/// on hardly any machine.
///
/// Thread: any.
final class Subnet {
    private static final int FIRST_POD = 10;
    private static final int LAST_POD = 250;

    private final String start;
    private final Set<String> taken = new HashSet<>();

    /// @param number 0 to 511
    Subnet(int number) {
        this.start = "198." + (18 + number / 256) + "." + number % 256 + ".";
    }

    String host() {
        return start + "1";
    }

    /// Where the control plane listens: the bridge.
    String node() {
        return start + "2";
    }

    /// Where probes come from, which are not redirected.
    InetAddress probes() {
        try {
            return InetAddress.getByName(start + "3");
        } catch (UnknownHostException failure) {
            throw new IllegalStateException(failure);
        }
    }

    synchronized String take(String podName) {
        int span = LAST_POD - FIRST_POD;
        for (int attempt = 0; attempt < span; attempt++) {
            String address = start + (FIRST_POD + Math.floorMod(podName.hashCode() + attempt, span));
            if (taken.add(address)) {
                return address;
            }
        }
        throw new IllegalStateException(
                "no address left for pod " + podName + ": a mesh has at most " + span + " pods");
    }

    synchronized void giveBack(String address) {
        taken.remove(address);
    }
}
