namespace Codexport.Engine.ServiceSetup;

/// <summary>What shall run, whichever service manager runs it.</summary>
/// <param name="Unit">What it is called.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Program">Absolute path of the program.</param>
/// <param name="Arguments">Its arguments, each as the program shall see it.</param>
internal sealed record ServiceDefinition(ServiceUnit Unit, string Description, string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that the program needs besides those that every service gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>For a timer: how often.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Tells one build of the program from the next, so that an update in place is seen.</summary>
    public string Stamp { get; init; } = string.Empty;

    /// <summary>Where a service whose manager keeps no log writes one.</summary>
    public string LogFolder { get; init; } = string.Empty;
}

/// <summary>A service, or something that is started again and again.</summary>
/// <param name="Name">Its name, of letters, digits and dashes.</param>
/// <param name="IsTimer">Whether it is started again and again instead of running always.</param>
internal sealed record ServiceUnit(string Name, bool IsTimer);

/// <summary>A file that a service manager reads.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Text">What is in it.</param>
/// <param name="IsUtf16">Whether it is written in UTF-16 with a byte order mark instead of UTF-8.</param>
internal sealed record ServiceFileContent(string Path, string Text, bool IsUtf16 = false)
{
    /// <summary>The bytes on disk.</summary>
    public byte[] ToBytes() => IsUtf16
        ? [.. System.Text.Encoding.Unicode.Preamble, .. System.Text.Encoding.Unicode.GetBytes(Text)]
        : System.Text.Encoding.UTF8.GetBytes(Text);
}

/// <summary>How a service stands, as its manager says.</summary>
internal sealed record ServiceState
{
    /// <summary>Nothing of it is known to the manager.</summary>
    public static ServiceState Absent { get; } = new();

    /// <summary>Whether the manager knows it.</summary>
    public bool Loaded { get; init; }

    /// <summary>Whether it runs; of a timer, whether it waits for its next time.</summary>
    public bool Running { get; init; }

    /// <summary>Whether it starts by itself.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether the manager has given it up.</summary>
    public bool Failed { get; init; }

    /// <summary>The process; null when none runs or the manager does not tell.</summary>
    public int? ProcessId { get; init; }

    /// <summary>How often it was started again after a failure; null when the manager does not tell.</summary>
    public int? Restarts { get; init; }

    /// <summary>Since when it runs; of a timer, when it last ran.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What it says of itself.</summary>
    public string? Text { get; init; }

    /// <summary>What the manager says is wrong, each a whole sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>What an installed file says.</summary>
/// <param name="Command">What it runs, as it is written there.</param>
/// <param name="Every">How often; null for what runs always.</param>
internal sealed record InstalledService(string? Command, TimeSpan? Every);
