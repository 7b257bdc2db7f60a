package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest revocation list.
 *
 * @param number its number; 0: nothing was ever revoked
 * @param list as PEM; absent if it is not newer than the one that the caller has
 * @param others while another authority takes the place of the one before, that one's list, too
 */
public record RevocationsAnswer(long number, Optional<String> list, List<String> others) {
    public RevocationsAnswer(long number, Optional<String> list, @Nullable List<String> others) {
        this.number = number;
        this.list = list;
        this.others = others == null ? List.of() : List.copyOf(others);
    }

    /** In the order in which they are to be taken. */
    @JsonIgnore
    public List<String> all() {
        return Stream.concat(list.stream(), others.stream()).toList();
    }
}
