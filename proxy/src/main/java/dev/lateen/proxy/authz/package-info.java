/// Asking a server outside whether a request may pass. Entry: `AuthorizationCall`, one question and its answer;
/// `ExtAuthzDecoder` reads configuration, `CheckCodec` speaks gRPC's messages.
@NullMarked
package dev.lateen.proxy.authz;

import org.jspecify.annotations.NullMarked;
