namespace Codexport.Engine.Results;

/// <summary>Which side a home is.</summary>
public enum Role
{
    /// <summary>Neither yet.</summary>
    None,

    /// <summary>The machine that holds the trusted setup.</summary>
    Master,

    /// <summary>A machine that pulls it.</summary>
    Follower,
}
