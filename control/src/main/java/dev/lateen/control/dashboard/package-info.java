/// The dashboard's server: collects proxies' numbers while somebody looks, serves its pages and what they ask for, and
/// knows who may. Entry: `Dashboard`.
@NullMarked
package dev.lateen.control.dashboard;

import org.jspecify.annotations.NullMarked;
