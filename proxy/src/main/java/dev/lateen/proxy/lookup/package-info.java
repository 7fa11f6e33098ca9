/// Asks name servers for addresses, for whoever is to be connected to. Entry: NameServers.
@NullMarked
package dev.lateen.proxy.lookup;

import org.jspecify.annotations.NullMarked;
