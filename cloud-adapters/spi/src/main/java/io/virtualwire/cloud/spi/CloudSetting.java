package io.virtualwire.cloud.spi;

/**
 * One thing that a person says about a cloud when it is added, an option of {@code wire cloud add}; never a secret.
 *
 * @param name lower-case-dashed, such as {@code region}: the option is {@code --region}
 * @param label what stands for the value in a usage text
 * @param description one sentence
 * @param required whether there is no cloud without it
 */
public record CloudSetting(String name, String label, String description, boolean required) {}
