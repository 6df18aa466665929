using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Codexport.Tests.Cmdlets;

/// <summary>A session of PowerShell inside of this process, with the built module imported and a throw-away home.</summary>
internal sealed class CmdletSession : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("codexport-cmdlets-");
    private readonly Runspace _runspace;

    public CmdletSession()
    {
        var state = InitialSessionState.CreateDefault();
        state.ImportPSModule([ModuleFolder]);
        state.ThrowOnRunspaceOpenError = true;
        _runspace = RunspaceFactory.CreateRunspace(Host, state);
        _runspace.Open();
    }

    /// <summary>The folder that <c>Import-Module</c> takes.</summary>
    public static string ModuleFolder { get; } = Path.Combine(FindRoot(), "artifacts", "module", "Codexport");

    /// <summary>Who is asked.</summary>
    public RecordingHost Host { get; } = new();

    /// <summary>Everything of this session's is below it.</summary>
    public string Folder => _folder.FullName;

    public Runspace Runspace => _runspace;

    /// <summary>A home with a small Codex setup.</summary>
    public string NewHome(string name)
    {
        var home = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.Combine(home, ".codex", "skills", "one"));
        File.WriteAllText(Path.Combine(home, ".codex", "config.toml"), "model = \"gpt-5-codex\"\n");
        File.WriteAllText(Path.Combine(home, ".codex", "skills", "one", "SKILL.md"), "first edition\n");
        return home;
    }

    /// <summary>The same as a master's.</summary>
    public string NewMaster(string name)
    {
        var home = NewHome(name);
        Assert.Empty(Run("Initialize-CodexportMaster", ("HomePath", home)).Errors);
        return home;
    }

    /// <summary>A pipeline of one command, to be run as the test wants it.</summary>
    public System.Management.Automation.PowerShell NewCommand(string name, params (string Name, object? Value)[] parameters)
    {
        var shell = System.Management.Automation.PowerShell.Create(_runspace).AddCommand(name);
        foreach (var (parameter, value) in parameters)
        {
            shell.AddParameter(parameter, value);
        }

        return shell;
    }

    /// <summary>Runs one cmdlet to its end.</summary>
    public CmdletRun Run(string name, params (string Name, object? Value)[] parameters)
    {
        using var shell = NewCommand(name, parameters);
        return CmdletRun.Of(shell);
    }

    /// <summary>Runs a line as a person types it.</summary>
    public CmdletRun RunLine(string line)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace).AddScript(line);
        return CmdletRun.Of(shell);
    }

    /// <summary>Every file below a folder with its bytes, to see that nothing changed.</summary>
    public static SortedDictionary<string, string> Snapshot(string folder) => new(
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path))),
        StringComparer.Ordinal);

    public void Dispose()
    {
        _runspace.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Codexport.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run from inside the repository.");
        }

        return folder.FullName;
    }
}

/// <summary>What one pipeline wrote to each stream, and the error that ended it if one did.</summary>
internal sealed record CmdletRun(
    Collection<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Debug,
    IReadOnlyList<ProgressRecord> Progress,
    RuntimeException? Ending)
{
    /// <summary>The one object that it wrote.</summary>
    public PSObject Single => Assert.Single(Output);

    /// <summary>The one error, whether it ended the pipeline or not.</summary>
    public ErrorRecord Error => Ending?.ErrorRecord ?? Assert.Single(Errors);

    public static CmdletRun Of(System.Management.Automation.PowerShell shell)
    {
        var output = new Collection<PSObject>();
        RuntimeException? ending = null;
        try
        {
            output = shell.Invoke();
        }
        catch (RuntimeException error)
        {
            ending = error;
        }

        var streams = shell.Streams;
        return new CmdletRun(
            output, [.. streams.Error], [.. streams.Warning.Select(record => record.Message)], [.. streams.Verbose.Select(record => record.Message)],
            [.. streams.Debug.Select(record => record.Message)], [.. streams.Progress], ending);
    }
}
