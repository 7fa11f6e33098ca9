package dev.lateen.net.http;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Header or trailer fields in the order in which they arrived. Names are lower case (HTTP/2 form); a codec that must
/// restore another casing does so when it writes, by the spellings that one which reads kept. A small linear table:
/// requests carry few fields, and comparing short strings beats hashing them. Most questions are about fields that are
/// not there, which a set of bits mostly knows.
///
/// Limits: none here; codecs refuse messages above their limits before they get this far.
///
/// Thread: event loop of its channel (not shared).
public final class Headers {
    private static final int INITIAL = 16;

    private String[] entries;
    private int size;
    /// A bit of each name that was added, see `bit`; those of removed ones stay.
    private long seen;
    /// Names as their sender spelled them, by the names in lower case; null where none was kept.
    private @Nullable Map<String, String> spellings;

    public Headers() {
        this(INITIAL);
    }

    public Headers(int expectedFields) {
        entries = new String[Math.max(4, expectedFields) * 2];
    }

    /// A mutable copy; the strings are shared.
    public Headers copy() {
        Headers copy = new Headers(size + 4);
        copy.addAll(this);
        copy.spellings = spellings == null ? null : new HashMap<>(spellings);
        return copy;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public String name(int index) {
        return entries[index * 2];
    }

    public String value(int index) {
        return entries[index * 2 + 1];
    }

    /// The first value of the field, or null. `name` must be lower case.
    public @Nullable String get(String name) {
        int index = indexOf(name, 0);
        return index < 0 ? null : value(index);
    }

    /// All values of the field joined by a comma (RFC 9110 §5.3), or null where it is absent.
    public @Nullable String getJoined(String name) {
        int first = indexOf(name, 0);
        if (first < 0) {
            return null;
        }
        int second = indexOf(name, first + 1);
        if (second < 0) {
            return value(first);
        }
        StringBuilder joined = new StringBuilder(value(first));
        for (int index = second; index >= 0; index = indexOf(name, index + 1)) {
            joined.append(',').append(value(index));
        }
        return joined.toString();
    }

    public boolean contains(String name) {
        return indexOf(name, 0) >= 0;
    }

    /// The position of the first field of this name at or after `from`, or -1.
    @SuppressWarnings("ReferenceEquality") // most names are shared, see HeaderNames
    public int indexOf(String name, int from) {
        if ((seen & bit(name)) == 0) {
            return -1;
        }
        int length = name.length();
        for (int index = from; index < size; index++) {
            String field = entries[index * 2];
            // Names mostly differ in length, which costs less to see than a call.
            if (field == name || (field.length() == length && name.equals(field))) {
                return index;
            }
        }
        return -1;
    }

    /// One of 64, by length and last letter: names that are often asked for differ in them.
    private static long bit(String name) {
        int length = name.length();
        return length == 0 ? 1 : 1L << (length + 5 * name.charAt(length - 1));
    }

    public void add(String name, String value) {
        seen |= bit(name);
        if (size * 2 == entries.length) {
            entries = Arrays.copyOf(entries, entries.length * 2);
        }
        entries[size * 2] = name;
        entries[size * 2 + 1] = value;
        size++;
    }

    /// Keeps how the sender spelled a name; of several spellings the first.
    ///
    /// @param name in lower case
    public void spell(String name, String spelling) {
        Map<String, String> kept = spellings;
        if (kept == null) {
            kept = new HashMap<>();
            spellings = kept;
        }
        kept.putIfAbsent(name, spelling);
    }

    /// Whether any spelling was kept.
    public boolean isSpelled() {
        return spellings != null;
    }

    /// The name as its sender spelled it, else in lower case. Fields that were added since may have its name.
    public String spelling(String name) {
        return spellings == null ? name : spellings.getOrDefault(name, name);
    }

    public void addAll(Headers other) {
        for (int index = 0; index < other.size; index++) {
            add(other.name(index), other.value(index));
        }
    }

    /// Replaces every field of this name by one; keeps the place of the first.
    public void set(String name, String value) {
        int index = indexOf(name, 0);
        if (index < 0) {
            add(name, value);
            return;
        }
        entries[index * 2 + 1] = value;
        removeFrom(name, index + 1);
    }

    /// True if a field was removed.
    public boolean remove(String name) {
        return removeFrom(name, 0);
    }

    public void removeAt(int index) {
        Objects.checkIndex(index, size);
        System.arraycopy(entries, (index + 1) * 2, entries, index * 2, (size - index - 1) * 2);
        size--;
        Arrays.fill(entries, size * 2, size * 2 + 2, null);
    }

    public void clear() {
        Arrays.fill(entries, 0, size * 2, null);
        size = 0;
        seen = 0;
        spellings = null;
    }

    public void forEach(BiConsumer<String, String> action) {
        for (int index = 0; index < size; index++) {
            action.accept(name(index), value(index));
        }
    }

    private boolean removeFrom(String name, int from) {
        boolean removed = false;
        int index = indexOf(name, from);
        while (index >= 0) {
            removeAt(index);
            removed = true;
            index = indexOf(name, index);
        }
        return removed;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }
}
