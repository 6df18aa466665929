using System.Reflection;
using System.Runtime.InteropServices;

namespace Codexport.Tests.Cli;

/// <summary>The PowerShell and the Pester that the build fetches as packages, so that the tests need nothing but the SDK.</summary>
internal static class PowerShellTool
{
    private static readonly string Package = Metadata("PowerShellFolder");

    /// <summary>The version of the package.</summary>
    public static string Version { get; } = Metadata("PowerShellVersion");

    /// <summary>Pester's manifest, to import it by.</summary>
    public static string Pester { get; } = Path.Combine(Metadata("PesterFolder"), "Pester.psd1");

    /// <summary>The program <c>pwsh</c>.</summary>
    public static string Program { get; } = Path.Combine(Folder(), OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");

    /// <summary>The <c>pwsh</c> that the person has on PATH, which may be of another version.</summary>
    public static string? OnPath { get; private set; }

    /// <summary>From here on every process that a test starts finds this <c>pwsh</c> first, and the runtime of these tests.</summary>
    public static void PutFirst()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
        var folder = Path.GetDirectoryName(Program)!;
        OnPath = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(other => other != folder)
            .Select(other => Path.Combine(other, Path.GetFileName(Program)))
            .FirstOrDefault(File.Exists);
        Environment.SetEnvironmentVariable("PATH", folder + Path.PathSeparator + path);
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is null)
        {
            // shared/Microsoft.NETCore.App/VERSION
            Environment.SetEnvironmentVariable("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));
        }
    }

    /// <summary>The package has programs for Windows and for Linux on x64; elsewhere a script starts the same assembly.</summary>
    private static string Folder()
    {
        if (OperatingSystem.IsWindows() || (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64))
        {
            return Package;
        }

        var folder = Path.Combine(Repository.Root, "artifacts", "tools", "pwsh");
        Directory.CreateDirectory(folder);
        var script = Path.Combine(folder, "pwsh");
        File.WriteAllText(script, $"#!/bin/sh\nexec dotnet '{Package}/pwsh.dll' \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    private static string Metadata(string name) => typeof(PowerShellTool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == name)?.Value ?? throw new InvalidOperationException($"The build left no {name}.");
}
