namespace Codexport.Engine.ServiceSetup;

/// <summary>How the master's service serves; what is not given is as <c>master serve</c> has it.</summary>
public sealed record MasterServiceOptions
{
    /// <summary>The address to listen on; null for all.</summary>
    public string? Host { get; init; }

    /// <summary>The port; null for the one of the settings.</summary>
    public int? Port { get; init; }

    /// <summary>Further peers as CIDR ranges.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];
}
