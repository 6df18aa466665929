using System.Reflection;

namespace Codexport.Engine.Follower.Wire;

/// <summary>What a follower says of its machine, over TLS only.</summary>
internal static class ThisMachine
{
    /// <summary><c>linux</c>, <c>macos</c> or <c>windows</c>.</summary>
    public static string Platform => OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";

    /// <summary>The version of Codexport.</summary>
    public static string Version => typeof(ThisMachine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
