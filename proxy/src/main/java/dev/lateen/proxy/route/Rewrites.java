package dev.lateen.proxy.route;

/// What changes of a forwarded request's target.
///
/// @param appendForwardedHost keep the old authority in `x-forwarded-host`
public record Rewrites(PathRewrite path, HostRewrite host, boolean appendForwardedHost) {
    public static final Rewrites NONE = new Rewrites(PathRewrite.NONE, HostRewrite.NONE, false);
}
