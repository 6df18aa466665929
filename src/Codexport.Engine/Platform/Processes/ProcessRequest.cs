namespace Codexport.Engine.Platform.Processes;

/// <summary>A program to run.</summary>
/// <param name="Program">Absolute path of the program.</param>
/// <param name="Arguments">Its arguments, each as the program shall see it.</param>
public sealed record ProcessRequest(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that differ from our own environment; null takes one out.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs; null for our own folder.</summary>
    public string? WorkingFolder { get; init; }
}

/// <summary>What a program that has ended said.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output, cut after 1 MiB.</param>
/// <param name="Error">Standard error, cut after 1 MiB.</param>
public sealed record ProcessOutcome(int ExitCode, string Output, string Error);
