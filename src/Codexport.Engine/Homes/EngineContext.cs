using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.Homes;

/// <summary>What every operation of the engine works with: the home, and the outside world in a form that tests can replace.</summary>
/// <param name="Home">The folders.</param>
/// <param name="Files">The disk.</param>
/// <param name="Time">The clock.</param>
public sealed record EngineContext(CodexportHome Home, IFileSystem Files, TimeProvider Time)
{
    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Runs other programs, such as Codex.</summary>
    public IProcessLauncher Processes { get; init; } = ProcessLauncher.Default;

    /// <summary>Shows a file to the person with the desktop's program for it; false where there is none.</summary>
    public Func<string, bool> OpenFile { get; init; } = FileOpener.TryOpen;

    /// <summary>Where long work tells how far it is; null when nobody watches.</summary>
    public IProgress<ProgressUpdate>? Progress { get; init; }

    /// <summary>Verbose lines for whoever wants to follow what is done; never a secret.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>A line for each answer of the master: what was asked for and how it was answered; never a secret.</summary>
    public Action<string>? WireTrace { get; init; }

    /// <summary>How this machine spells its paths.</summary>
    internal MachinePaths Machine => MachineOverride ?? MachinePaths.Of(Home);

    /// <summary>The exchange of this machine's paths for variables. Where a link leads to a home, both its spellings count.</summary>
    /// <param name="variables">The declared path variables with this machine's values.</param>
    internal PortablePaths PathsWith(IReadOnlyDictionary<string, string> variables)
    {
        var machine = MachineOverride ?? Machine with
        {
            Resolved = (Files.ResolveLinks(Home.UserHome) ?? Home.UserHome, Files.ResolveLinks(Home.CodexFolder) ?? Home.CodexFolder),
        };
        return machine.Portable(variables);
    }

    /// <summary>Another machine's spelling in place of this one's, such as that of Windows on Linux.</summary>
    internal MachinePaths? MachineOverride { get; init; }
}

/// <summary>How far a piece of long work is.</summary>
/// <param name="Activity">What is being done, as a person would say it.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 when not known.</param>
/// <param name="Unit"><c>bytes</c> or <c>files</c>.</param>
public readonly record struct ProgressUpdate(string Activity, long Done, long Total, string Unit);
