namespace Codexport.Tests.Toml;

/// <summary>Tests that take times run while no other test does.</summary>
[CollectionDefinition(nameof(TomlTimingTests), DisableParallelization = true)]
public sealed class TomlTimingTests;
