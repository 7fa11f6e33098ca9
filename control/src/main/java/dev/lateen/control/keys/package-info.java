/// Fetches the keys of tokens' issuers, so that no proxy has to reach them. Entry: `IssuerKeys`.
@NullMarked
package dev.lateen.control.keys;

import org.jspecify.annotations.NullMarked;
