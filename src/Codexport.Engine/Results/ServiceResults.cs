namespace Codexport.Engine.Results;

/// <summary>What is done to a file of a service.</summary>
public enum ServiceFileAction
{
    /// <summary>It is written.</summary>
    Write,

    /// <summary>A folder of programs is copied there.</summary>
    Copy,

    /// <summary>It is deleted.</summary>
    Delete,
}

/// <summary>A file of a service.</summary>
/// <param name="Action">What is done to it.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Content">What is written; for a copy, from where; null for a deletion.</param>
public sealed record ServiceFileInfo(ServiceFileAction Action, string Path, string? Content);

/// <summary>What installing or uninstalling a service or timer did, or would do.</summary>
public sealed record ServiceChangeResult
{
    /// <summary>Whether anything was done, or would be.</summary>
    public required bool Changed { get; init; }

    /// <summary>Whether it is only said what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Its name with the service manager.</summary>
    public required string Name { get; init; }

    /// <summary>The service manager: <c>systemd</c>, <c>Task Scheduler</c> or <c>launchd</c>.</summary>
    public required string Manager { get; init; }

    /// <summary>Whether it is installed afterwards.</summary>
    public bool Installed { get; init; }

    /// <summary>What it runs, as a person would type it; null after uninstalling.</summary>
    public string? Command { get; init; }

    /// <summary>How often, for a timer.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The files that were written, copied or deleted, in order.</summary>
    public IReadOnlyList<ServiceFileInfo> Files { get; init; } = [];

    /// <summary>The commands that were run, in order.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Whole sentences for the person.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The files with their contents and the commands, as text.</summary>
    public string Describe()
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in Files)
        {
            text.AppendLine(file.Action switch
            {
                ServiceFileAction.Write => $"write {file.Path}",
                ServiceFileAction.Copy => $"copy  {file.Content} to {file.Path}",
                _ => $"delete {file.Path}",
            });
            if (file.Action == ServiceFileAction.Write)
            {
                foreach (var line in file.Content!.TrimEnd().ReplaceLineEndings("\n").Split('\n'))
                {
                    text.Append("    ").AppendLine(line);
                }
            }
        }

        foreach (var command in Commands)
        {
            text.Append("run   ").AppendLine(command);
        }

        return text.ToString().TrimEnd();
    }
}

/// <summary>How the master's service stands.</summary>
public sealed record ServiceStatusResult
{
    /// <summary>Its name with the service manager.</summary>
    public required string Name { get; init; }

    /// <summary>The service manager: <c>systemd</c>, <c>Task Scheduler</c> or <c>launchd</c>.</summary>
    public required string Manager { get; init; }

    /// <summary>Whether it is installed.</summary>
    public required bool Installed { get; init; }

    /// <summary>Whether it runs now.</summary>
    public bool Running { get; init; }

    /// <summary>Whether it starts by itself.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether it runs this version of the program; if not, installing again switches it.</summary>
    public bool Current { get; init; }

    /// <summary>The file that defines it.</summary>
    public string? File { get; init; }

    /// <summary>What it runs, as it is written there.</summary>
    public string? Command { get; init; }

    /// <summary>Its process; null when none runs or the manager does not tell.</summary>
    public int? ProcessId { get; init; }

    /// <summary>How often it was started again after a failure; null when the manager does not tell.</summary>
    public int? Restarts { get; init; }

    /// <summary>Since when it runs, local time; null when the manager does not tell.</summary>
    public DateTime? Since { get; init; }

    /// <summary>What it says of itself; null when the manager does not pass it on.</summary>
    public string? Status { get; init; }

    /// <summary>How to see what it said.</summary>
    public string? Log { get; init; }

    /// <summary>What is wrong, each a whole sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>How a follower's timer stands.</summary>
public sealed record TimerStatusResult
{
    /// <summary>Its name with the service manager.</summary>
    public required string Name { get; init; }

    /// <summary>The service manager: <c>systemd</c>, <c>Task Scheduler</c> or <c>launchd</c>.</summary>
    public required string Manager { get; init; }

    /// <summary>Whether it is installed.</summary>
    public required bool Installed { get; init; }

    /// <summary>Whether it waits for its next time.</summary>
    public bool Waiting { get; init; }

    /// <summary>Whether it starts by itself.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether it runs this version of the program; if not, installing again switches it.</summary>
    public bool Current { get; init; }

    /// <summary>How often it syncs.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>When it last ran, local time; null when the manager does not tell.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>When it runs next, local time; null when it does not wait, or the manager does not tell.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>The file that defines it.</summary>
    public string? File { get; init; }

    /// <summary>What it runs, as it is written there.</summary>
    public string? Command { get; init; }

    /// <summary>How to see what it said.</summary>
    public string? Log { get; init; }

    /// <summary>What is wrong, each a whole sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
