package io.virtualwire.connector.journal;

/** The name of an endpoint on this host, unique over all tenants; written {@code tenant/name}. */
public record EndpointKey(String tenant, String name) implements Comparable<EndpointKey> {

    /** Reads what {@link #toString} wrote. */
    public static EndpointKey parse(String text) {
        int slash = text.indexOf('/');
        return new EndpointKey(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(EndpointKey other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return tenant + "/" + name;
    }
}
