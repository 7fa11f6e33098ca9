/// Who may do what: one engine for requests and for connections. Policies are compiled into `RbacRules` once;
/// `RbacGate` asks them and counts. Entry: `RbacGate` for what is served, `RbacDecoder` for configuration.
@NullMarked
package dev.lateen.proxy.rbac;

import org.jspecify.annotations.NullMarked;
