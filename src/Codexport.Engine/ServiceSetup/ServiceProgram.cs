using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.ServiceSetup;

/// <summary>The program that a service shall run: where it lies and what starts it.</summary>
public sealed record ServiceProgram
{
    private const string Assembly = "codexport.dll";

    /// <summary>The folder that holds <c>codexport.dll</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Absolute path of <c>codexport</c> as a program of its own; null to start its assembly with <see cref="Dotnet"/>.</summary>
    public string? Native { get; init; }

    /// <summary>Absolute path of <c>dotnet</c>; null when it is not known.</summary>
    public string? Dotnet { get; init; }

    /// <summary>The folder of the .NET runtime where it is not one that a program finds by itself.</summary>
    public string? DotnetRoot { get; init; }

    /// <summary>
    /// Whether the service gets a copy of the folder in <c>~/.codexport/service</c>: for a module, whose folder carries its version and goes
    /// away with it.
    /// </summary>
    public bool IsCopied { get; init; }

    /// <summary>
    /// Absolute path of <c>pwsh</c>, for a timer that a module installs: PowerShell brings a runtime of its own, and a follower needs no other.
    /// </summary>
    public string? PowerShell { get; init; }

    /// <summary>The module's folder that PowerShell shall import, the one above its versions where there is one.</summary>
    public string? ModuleFolder { get; init; }

    /// <summary>The program that is running now.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    public static ServiceProgram Running(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var process = System.Environment.ProcessPath;
        var isNative = process is not null && Path.GetFileNameWithoutExtension(process).Equals("codexport", StringComparison.OrdinalIgnoreCase);
        var root = environment("DOTNET_ROOT") is { Length: > 0 } folder && Path.IsPathFullyQualified(folder) ? folder : null;
        return new ServiceProgram
        {
            Folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory),
            Native = isNative ? process : null,
            Dotnet = isNative ? root is null ? null : Path.Join(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet") : process,
            DotnetRoot = root,
        };
    }

    /// <summary>Tells one build from the next: a hash over what it consists of.</summary>
    internal string Stamp(IFileSystem files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in (string[])[Assembly, "Codexport.Server.dll", "Codexport.Engine.dll", "System.CommandLine.dll", "codexport.runtimeconfig.json"])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(SHA256.HashData(AtomicFile.TryReadAllBytes(files, Path.Join(Folder, name)) ?? []));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    /// <summary>What is started, and the arguments and variables that it needs before all others.</summary>
    /// <param name="folder">Where the program's files lie when it is started: <see cref="Folder"/> or the copy.</param>
    /// <param name="canSetVariables">Whether whoever starts it can set variables.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RuntimeMissing"/>.</exception>
    internal (string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables) Start(string folder, bool canSetVariables)
    {
        if (Native is not null && !IsCopied && (DotnetRoot is null || canSetVariables))
        {
            return (Native, [], DotnetRoot is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["DOTNET_ROOT"] = DotnetRoot });
        }

        return Dotnet is { } dotnet && Path.IsPathFullyQualified(dotnet)
            ? (dotnet, [Path.Join(folder, Assembly)], new Dictionary<string, string>())
            : throw new CodexportException(
                ErrorCode.RuntimeMissing, "The service needs the absolute path of 'dotnet', and it is not known.",
                "Install the ASP.NET Core runtime, or set DOTNET_ROOT to the folder that holds it.");
    }
}
