package io.virtualwire.wire;

import io.virtualwire.control.TenantQuotas;
import java.util.List;
import java.util.stream.IntStream;

/** Which of a daemon's wires an engine has: those of one of its owner threads. */
public final class Share {
    private final int number;
    private final int count;
    private final Budgets budgets;

    private Share(int number, int count, Budgets budgets) {
        this.number = number;
        this.count = count;
        this.budgets = budgets;
    }

    /** All of them. */
    public static Share whole(TenantQuotas quotas) {
        return among(1, quotas).getFirst();
    }

    /** A share for each of so many owner threads; together their wires hold what each tenant may. */
    public static List<Share> among(int threads, TenantQuotas quotas) {
        Budgets budgets = new Budgets(quotas);
        return IntStream.range(0, threads)
                .mapToObj(number -> new Share(number, threads, budgets))
                .toList();
    }

    /** The wire index that was not handed out yet and is none: the share's next follows it. */
    int beforeFirstIndex() {
        return number;
    }

    /** Indices of a share have its number as remainder by the count of shares, so that a sender knows whom to send to. */
    int nextIndex(int last) {
        int next = last + count;
        if (Integer.compareUnsigned(next, last) < 0) {
            throw new IllegalStateException("all 2^32-1 wire indices of this process are used up; restart it");
        }
        return next;
    }

    BufferBudget budget(String tenant) {
        return budgets.of(tenant);
    }
}
