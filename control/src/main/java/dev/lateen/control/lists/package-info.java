/// Lists that access lists take from files and web addresses. Entry: `AccessListSources`.
@NullMarked
package dev.lateen.control.lists;

import org.jspecify.annotations.NullMarked;
