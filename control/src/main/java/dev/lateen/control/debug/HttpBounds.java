package dev.lateen.control.debug;

import java.util.Map;

/// Bounds of the JDK's HTTP servers, which has them as properties of the process only and none of these by itself:
/// for the debug, readiness and webhook ports. Whoever sets a property on the command line is obeyed.
///
/// Limits: 1,024 connections of a port, 15 s for a request, 60 s for its answer, heads of 64 KiB and 100 fields, 10 s
/// without a request.
///
/// Thread: any, before the first server is made.
public final class HttpBounds {
    private static final Map<String, String> BOUNDS = Map.of(
            "jdk.httpserver.maxConnections", "1024",
            "sun.net.httpserver.maxReqTime", "15",
            "sun.net.httpserver.maxRspTime", "60",
            "sun.net.httpserver.maxReqHeaders", "100",
            "sun.net.httpserver.maxReqHeaderSize", "65536",
            "sun.net.httpserver.idleInterval", "10");

    private HttpBounds() {}

    public static void set() {
        BOUNDS.forEach((name, bound) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, bound);
            }
        });
    }
}
