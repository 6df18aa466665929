param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    New-Item -ItemType Directory -Force "$master/.codexport/groups/lab" | Out-Null
    Set-Content "$master/.codexport/groups/lab/AGENTS.md" 'of the lab'
    Set-Content -LiteralPath "$master/.codexport/local.toml" "role = 'master'`n[rollout]`nrings = ['canary', 'rest']"
    Update-CodexportBundle -HomePath $master
}

Describe 'Get-CodexportGroup' {
    It 'lists the groups with their folders and followers' {
        $group = Get-CodexportGroup -HomePath $master
        $group.Name | Should -Be 'lab'
        $group.Folder | Should -Be (Join-Path $master '.codexport' 'groups' 'lab')
        $group.Followers | Should -Be 0
        $group.Revision | Should -Match '^[0-9a-f]{64}$'
    }

    It 'gives nothing where there is none' {
        Get-CodexportGroup -HomePath (New-TestMasterHome (Join-Path $TestDrive 'plain')) | Should -BeNullOrEmpty
    }

    It 'writes what the program prints' {
        Assert-SameJson @(Get-CodexportGroup -HomePath $master) (Get-ProgramJson $ProgramPath $master 'master', 'groups').groups
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportGroup -HomePath $master) 'Codexport.Engine.Results.GroupInfo'
    }
}
