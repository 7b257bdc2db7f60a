package io.virtualwire.association;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a peer says now from what it said earlier on a slower stream.
 *
 * <p>A peer speaks on one stream at a time and repeats on the next what matters, so what an older one still brings is stale. Streams
 * overtake one another, even with their first message: only the numbers tell which is the older.
 */
final class Hearing {
    private @Nullable UUID speaker;
    private long highest;

    AssociationsImage.HearingImage image() {
        return new AssociationsImage.HearingImage(Optional.ofNullable(speaker), highest);
    }

    void restore(AssociationsImage.HearingImage image) {
        speaker = image.speaker().orElse(null);
        highest = image.highest();
    }

    /**
     * Whether it was not said before what was heard already.
     *
     * @param instance the process that says it; each counts from the beginning
     */
    boolean isNews(UUID instance, long number) {
        if (!instance.equals(speaker)) {
            speaker = instance;
            highest = 0;
        }
        if (number <= highest) {
            return false;
        }
        highest = number;
        return true;
    }
}
