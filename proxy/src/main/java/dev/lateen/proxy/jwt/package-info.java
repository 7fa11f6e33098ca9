/// Tokens of end users: where they stand in a request, whether they are good, and what they say. Entry: `JwtCheck`,
/// which applies a rule to a request; `JwtDecoder` reads configuration, `TokenParser` a token, `KeySetParser` keys.
@NullMarked
package dev.lateen.proxy.jwt;

import org.jspecify.annotations.NullMarked;
